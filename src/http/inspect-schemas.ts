/** What the inspector's answers look like: machines/inspection.ts, for validation and the OpenAPI page. */
import Type from 'typebox'

const Timer = Type.Object({
  event: Type.String(),
  startedAt: Type.String({ format: 'date-time' }),
  delayMs: Type.Number(),
})

const Actor = Type.Object({
  id: Type.Union([Type.Literal('session'), Type.Literal('process'), Type.Literal('port')]),
  status: Type.Union([
    Type.Literal('active'),
    Type.Literal('done'),
    Type.Literal('error'),
    Type.Literal('stopped'),
  ]),
  states: Type.Array(Type.String(), { description: 'the state nodes that are lit, outermost first' }),
  context: Type.Record(Type.String(), Type.Unknown()),
  timers: Type.Array(Timer),
})

export const Inspection = Type.Object({
  on: Type.Boolean(),
  bodies: Type.Boolean({ description: 'whether what people and agents say is in it' }),
  firstSeq: Type.Integer({ minimum: 0 }),
  nextSeq: Type.Integer({ minimum: 0 }),
  actors: Type.Array(Actor, { description: 'none while it is off' }),
  serverStartedAt: Type.String({ format: 'date-time' }),
})
