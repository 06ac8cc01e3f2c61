/** Every limit of the runtime and of HTTP, with its unit in its name. What an operator may change is a setting. */

const KiB = 1024
const MiB = 1024 * KiB
const DAY_MS = 24 * 60 * 60_000

export const LIMITS = {
  /** A line of an agent's output beyond this is cut; its rest is counted, not kept. */
  lineBytesMax: 8 * MiB,
  /** How much of the spool one read takes, and so how much one commit of a turn stores. */
  spoolReadBytesMax: 256 * KiB,
  /** The text of one tool result in the log; of a longer one the middle is left out, and the event says so. */
  toolResultCharsMax: 256 * KiB,
  /** What is being written, all of it: a finished block cannot be longer than the line that it comes in. */
  unfinishedCharsMax: 8 * MiB,
  /** How many subagents may write at once, and how many unfinished blocks each may have. */
  unfinishedMax: 64,
  /** What an agent calls a message and a tool's use; a longer name is none. */
  agentIdCharsMax: 1_000,
  /** How much of an unknown line a debug notice keeps. */
  debugNoticeCharsMax: 2_000,
  /** One `text` event of a shell's output. */
  shellTextCharsMax: 16 * KiB,
  /** The end of stderr that an `error` event carries. */
  stderrCharsMax: 500,

  promptBytesMax: 4 * MiB,
  /** A body that a prompt, or an agent's input, is in: JSON may escape each byte into six. */
  promptBodyBytesMax: 26 * MiB,
  /** Any other body, and that of who is not in yet. */
  bodyBytesMax: 64 * KiB,
  loginBodyBytesMax: 4 * KiB,
  /** What a form has besides its files, and the headers of one of its parts. */
  formBytesMax: 1 * MiB,
  formPartHeadersMax: 20,
  /** A request's line and headers, all of them; however many they are, none is dropped. */
  headBytesMax: 16 * KiB,
  /** One part of a path that names something. */
  pathPartCharsMax: 200,
  /** Arrays and objects within each other, and how many of them and of their members there are. */
  jsonDepthMax: 500,
  jsonPartsMax: 100_000,
  fileBytesMax: 20 * MiB,
  filesPerUploadMax: 10,
  /** In the folder of a workspace, whoever has put them there. */
  filesPerSessionMax: 500,
  fileNameCharsMax: 100,
  attachmentsPerTurnMax: 20,
  /** What the model's API takes of an image, and a good half of what it takes of a request once that is in base64. */
  inlineImageBytesMax: 5 * MiB,
  inlineImagesBytesMax: 15 * MiB,

  /** Prompts that wait for their turn: they are stored with every commit of their session. */
  queuedPromptsMax: 100,
  queuedBytesMax: 1 * MiB,
  /** Between two tries to start a prompt that waits, when its turn could not be stored. */
  queueRetryMs: 1_000,
  /** How far back in a log it is looked up what became of a prompt or an approval. */
  lookBackEventsMax: 50_000,

  /** A device that was not seen for so long is out, and any device after so long. */
  deviceIdleMs: 14 * DAY_MS,
  deviceAgeMs: 90 * DAY_MS,
  devicesMax: 50,
  deviceNameCharsMax: 40,
  /** How exact `lastSeenAt` is: each time it moves on is a commit. */
  deviceSeenMs: 60_000,
  /** A code for one pairing: how long it can be used, and how many there are at once. */
  pairingMs: 5 * 60_000,
  pairingCodesMax: 10,
  /** What is typed for a code or a name: more than that is neither. */
  pairingInputCharsMax: 200,
  /**
   * Wrong codes before the next try has to wait, from one of so many addresses and from all of them; how long at first, at
   * most, and until they are forgotten.
   */
  loginFailuresFree: 5,
  loginAddressesMax: 1_000,
  loginFailuresOfAllFree: 100,
  loginWaitMs: 1_000,
  loginWaitMsMax: 60_000,
  loginForgetMs: 10 * 60_000,
  /** The newest of the audit that are kept, of what was done and of what failed. */
  auditDoneMax: 200_000,
  auditFailedMax: 100_000,
  /** How many records may wait for a store that cannot write; what failed takes no more than half of it. */
  auditWaitingMax: 1_000,
  /** Failures of one kind are one record in so long; of more kinds than this by one caller, one for the rest. */
  auditFailuresMs: 60_000,
  auditKindsMax: 100,
  auditPageMax: 1_000,
  auditPageDefault: 100,

  answerMessageCharsMax: 10_000,
  /** What an operator makes of a tool's input: as much as a line of the agent's own. */
  updatedInputCharsMax: 8 * MiB,

  /** Those that were deleted do not count. */
  sessionsMax: 10_000,
  /** Sessions without a turn or a prompt that are kept in memory, with the ends of their logs: those asked for last. */
  restingSessionsMax: 32,
  titleCharsMax: 200,
  agentCharsMax: 100,
  workspaceCharsMax: 4_096,
  modelCharsMax: 200,
  idempotencyKeyCharsMax: 200,

  /** Encoded frames that a session keeps in memory for clients at the end of its log. */
  tailBytesMax: 1 * MiB,
  /** Places in the tail whose buffers are kept for further clients that stand there. */
  sharedSegmentsMax: 4,
  /** What a client is sent between two looks at its socket. */
  pageBytesMax: 256 * KiB,
  /** Pages of logs from the store that are kept for others who replay them at the same time, and for how long. */
  sharedPagesBytesMax: 16 * MiB,
  sharedPagesMs: 1_000,
  /** Store pages being read for replays at once; further clients take turns, page by page. */
  replaysAtOnce: 1,
  /** What may wait for a client that takes nothing any more, before it is dropped; and for how long it may do so. */
  waitingBytesMax: 1 * MiB,
  stalledMsMax: 3_000,
  /** Between two frames of the lobby for a session that changes all the time. */
  lobbyRestMs: 500,
  /** Sessions that a reader of the lobby is told of between two looks at its socket. */
  lobbyPageSessionsMax: 50,
  /** Sessions whose machines are inspected at once; what is kept of each; and between two looks at its processes. */
  inspectedSessionsMax: 16,
  inspectedStepsMax: 2_000,
  inspectedBytesMax: 1 * MiB,
  inspectedProcessesMs: 1_000,
  /** What waits for a bridge to Stately's tools that is not there; and between two tries to find it. */
  statelyEventsMax: 2_000,
  statelyRetryMs: 2_000,
  /** For a request's head and body to arrive: a large file, from a phone. */
  requestTimeoutMs: 600_000,
  /** For its head alone, and for the handshake of TLS before it. */
  headersTimeoutMs: 10_000,
  /** Between two requests on one socket: longer than a proxy keeps one that it wants to use again. */
  idleSocketMs: 72_000,
  /** Between two looks for requests that take too long. */
  timeoutCheckMs: 1_000,
  /** For the body of who is not in to arrive, and how long it is still read once it was refused. */
  strangerBodyMs: 10_000,
  refusedBodyMs: 5_000,
  /** Sockets, of streams and of requests. What comes on top is closed as soon as it is there. */
  connectionsMax: 8_192,
  /** Those of them on which nobody has shown a credential: the oldest of whoever has the most makes room. */
  strangerConnectionsMax: 1_024,
  /** Of a device, or of an address with the token; and of an address without, which cannot use up what is for those. */
  callerRequestsPerMinuteMax: 12_000,
  strangerRequestsPerMinuteMax: 1_000,
  eventsPageMax: 10_000,
  eventsPageDefault: 1_000,
  eventsPageBytesMax: 8 * MiB,

  /** A slow net below fs.watch, and how often a turn's shim is looked at. */
  spoolPollMs: 1_000,
  /** The same when fs.watch is not to be had (inotify watches run out). */
  spoolPollUnwatchedMs: 50,
  /** How many reads of spools there are in so many milliseconds, over all turns: with more to read, each takes more. */
  spoolReadsMax: 30,
  spoolReadsMs: 10,
  /** Between two tries to go on with a turn while files or memory are short. */
  shortageRetryMs: 200,
  /** How long a stop waits to be on record before it is carried out all the same. */
  stopRecordMs: 1_000,
  /** Between two looks at what a stopped turn left behind. */
  killScanMs: 25,
  /** A cgroup without processes that is older than this belongs to a turn that is over. */
  emptyCgroupMs: 60_000,
  /** How long what an agent leaves behind may take to follow it, before it is said to be left behind. */
  leftoverSettleMs: 250,
  /** From an agent's result until it is stopped, when it does not exit. */
  resultGraceMs: 10_000,
  /** From SIGKILL until what lives on is reported as a survivor. */
  killGraceMs: 5_000,
  /** How long a statement waits for somebody else's lock, and the whole server with it; the writer tries again. */
  storeBusyMs: 100,
  /** Between two tries to store what could not be stored. */
  storeRetryMs: 500,
  /** How long shutting down waits for what is being written. */
  stopWaitMs: 5_000,
} as const
