/** Says that what is shown is what was seen at the last visit. */

/** @param at ISO 8601; null when it is as the server has it */
export function KeptNote({ at }: { at: string | null }) {
  if (at === null) return null
  return <p class="kept">As it was {new Date(at).toLocaleString()}. The server has not been heard since.</p>
}
