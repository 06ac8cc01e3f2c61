/** Says of a session that its agent does everything without asking. */
export const UnaskedBadge = () => <span class="badge unasked">asks nothing</span>
