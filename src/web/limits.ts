/** Every limit of the page, with its unit in its name. */
export const LIMITS = {
  /** Asked for or attached to at once: a few screens, and little enough for a bad line. */
  eventsAtOnce: 400,
  /** Of the newest events, kept for the next visit. */
  eventsKeptMax: 400,
  /** What has changed is kept this much later: writing it costs a phone more than reading it. */
  keepAfterMs: 2_000,
  /** What the server takes of one file. */
  fileBytesMax: 20 * 1024 * 1024,
  /** What the server takes with one prompt. */
  filesMax: 20,
  /** Prompts that can be called back, and how long one may be for that. */
  historyMax: 100,
  historyCharsMax: 10_000,
  /** From the last key to the draft on the shelf. */
  draftSaveMs: 300,
  /** A card takes no answer for so long after it appears: the tap was meant for what was there before. */
  tapGuardMs: 350,
  /** How long a line says who answered elsewhere. */
  resolvedShownMs: 8_000,
  /** A page that is out of sight keeps its stream for so long: whoever looks at another one for a moment comes right back. */
  restAfterMs: 20_000,
  /** What has been on its way for longer has not reached the server, as far as anybody can tell. */
  overdueMs: 3_000,
  /** While somebody looks, a try is never further away. */
  retryMaxMs: 5_000,
  /** How often ages are told anew. */
  ageTickMs: 10_000,
  /** Another tab that sends for longer than a request may take is frozen. */
  lockWaitMs: 35_000,
  /** What the inspector asks for at once when it wants all there is: what the server gives. */
  eventsOfPageMax: 10_000,
  /** Of one turn that it takes apart: a turn may say more than a page can hold. */
  turnEventsMax: 50_000,
  /** Of the steps that come live: as many as can be looked through. */
  stepsKeptMax: 5_000,
  /** A recording shows no pause for longer, and each step at least this long. */
  pauseShownMaxMs: 1_500,
  stepShownMinMs: 20,
  /** So much of it goes by from one frame to the next, however long that took. */
  frameMaxMs: 100,
} as const
