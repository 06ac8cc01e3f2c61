/** The shapes of requests and answers: validation, types and the OpenAPI page all come from here. */
import Type from 'typebox'
import { LIMITS } from '../runtime/limits.ts'

const closed = { additionalProperties: false }
const Title = Type.String({ minLength: 1, maxLength: LIMITS.titleCharsMax })
// What a model may be is checked by the runtime: a program that embeds it must not get around that.
const Model = Type.String({ minLength: 1, maxLength: LIMITS.modelCharsMax })
const PermissionMode = Type.Union([Type.Literal('ask'), Type.Literal('acceptEdits'), Type.Literal('bypass')])

export const OpenBody = Type.Object(
  {
    agent: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    model: Type.Optional(Model),
    title: Type.Optional(Title),
    workspace: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
    permissionMode: Type.Optional(PermissionMode),
  },
  closed,
)

export const EditBody = Type.Object(
  {
    title: Type.Optional(Title),
    archived: Type.Optional(Type.Boolean()),
    model: Type.Optional(Type.Union([Model, Type.Null()])),
    permissionMode: Type.Optional(PermissionMode),
  },
  closed,
)

export const TurnBody = Type.Object(
  {
    prompt: Type.String({ description: 'at least one character that is not white space' }),
    model: Type.Optional(Model),
    whenBusy: Type.Optional(Type.Union([Type.Literal('reject'), Type.Literal('queue')])),
    attachments: Type.Optional(
      Type.Array(Type.String(), {
        description: 'paths of uploaded files, as the upload was answered',
        maxItems: LIMITS.attachmentsPerTurnMax,
      }),
    ),
  },
  closed,
)

export const QueueBody = Type.Object({ prompt: TurnBody.properties.prompt }, closed)
/** An empty object, or nothing at all. */
export const NoBody = Type.Object({}, closed)

/** Any string: what is no session's id is a 404, and is looked up nowhere. */
export const SessionParams = Type.Object({ id: Type.String() })
export const QueueParams = Type.Object({ id: Type.String(), promptId: Type.String() })

const AttachedFile = Type.Object({ path: Type.String(), mediaType: Type.String(), bytes: Type.Integer() })

const QueuedPrompt = Type.Object({
  promptId: Type.String(),
  prompt: Type.String(),
  at: Type.String({ format: 'date-time' }),
  model: Type.Union([Type.String(), Type.Null()]),
  by: Type.Optional(Type.String()),
  attachments: Type.Optional(Type.Array(AttachedFile)),
})

const position = Type.Integer({ minimum: 1 })
export const PlacedPrompt = Type.Object({ ...QueuedPrompt.properties, position })

export const QueueList = Type.Object({
  queue: Type.Array(QueuedPrompt),
  queueHeld: Type.Union([Type.Literal('cancelled'), Type.Literal('not_started'), Type.Null()], {
    description: 'why the queue does not go on by itself',
  }),
})

const Approval = Type.Object({
  approvalId: Type.String(),
  toolUseId: Type.String(),
  toolName: Type.String(),
  input: Type.Unknown({ description: 'all of what the agent wants to do, or ask' }),
  description: Type.String(),
  suggestions: Type.Array(Type.Unknown(), { description: 'what `always` takes up' }),
  expiresAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
})

export const Session = Type.Object({
  id: Type.String({ format: 'uuid' }),
  title: Type.String(),
  agent: Type.String(),
  model: Type.Union([Type.String(), Type.Null()]),
  state: Type.Union([Type.Literal('idle'), Type.Literal('running'), Type.Literal('cancelling')]),
  turn: Type.Integer({ minimum: 0 }),
  lastEventId: Type.Integer({ minimum: -1 }),
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
  archived: Type.Boolean(),
  workspace: Type.String(),
  permissionMode: PermissionMode,
  ...QueueList.properties,
  approvals: Type.Array(Approval),
  allowed: Type.Array(Type.Unknown()),
  usage: Type.Object({
    costUsd: Type.Number(),
    inputTokens: Type.Integer(),
    outputTokens: Type.Integer(),
  }),
  lastLine: Type.Union([
    Type.Object({
      kind: Type.Union([Type.Literal('user'), Type.Literal('text'), Type.Literal('error')]),
      text: Type.String(),
    }),
    Type.Null(),
  ]),
})

/** What the lobby has of a session. */
export const ListedSession = Type.Object({
  ...Type.Omit(Session, ['queue', 'approvals', 'allowed']).properties,
  waiting: Type.Object({ prompts: Type.Integer(), approvals: Type.Integer() }),
})

export const Accepted = Type.Object({ turn: Type.Integer(), eventId: Type.Integer() })
export const Queued = Type.Object({ queued: Type.Literal(true), promptId: Type.String(), position })

export const Received = Type.Object({
  files: Type.Array(
    Type.Object({
      name: Type.String(),
      path: Type.String({ description: 'relative to the workspace' }),
      bytes: Type.Integer({ minimum: 0 }),
      mediaType: Type.String(),
    }),
  ),
})

export const KeyHeaders = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.idempotencyKeyCharsMax })),
})

const Decision = Type.Union([Type.Literal('allow'), Type.Literal('deny')])

/** What became of an approval. */
export const Resolution = Type.Object({
  approvalId: Type.String(),
  decision: Decision,
  by: Type.String(),
  message: Type.String(),
  // As it was given: a record would lose keys with line breaks in them.
  updatedInput: Type.Optional(Type.Unknown()),
  always: Type.Optional(Type.Literal(true)),
})

export const Problem = Type.Object({
  type: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  title: Type.String(),
  detail: Type.String(),
})

/** A paired device. */
export const Device = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  createdAt: Type.String({ format: 'date-time' }),
  lastSeenAt: Type.String({ format: 'date-time' }),
  expiresAt: Type.String({
    format: 'date-time',
    description: 'when it is out by itself, if it is not seen before',
  }),
  current: Type.Boolean({ description: 'the device that asks' }),
})

/** A refusal that says who was faster, when somebody was. */
export const ResolvedProblem = Type.Intersect([
  Problem,
  Type.Object({
    resolution: Type.Optional(
      Type.Object({
        approvalId: Type.String(),
        decision: Decision,
        by: Type.String(),
        message: Type.String(),
      }),
    ),
  }),
])
