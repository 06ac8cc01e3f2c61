import { describe, expect, it } from 'vitest'
import { checkLog } from '../../src/verify/check-log.ts'
import { readStream, untilTurnEnd } from '../support/read-stream.ts'
import { script, startServer } from '../support/server.ts'

describe('an agent that says nothing', () => {
  it('is told of, and goes on', async () => {
    await using server = await startServer({ BREAKGLASS_STALL_NOTICE_S: '0.2' })
    const { id } = await server.open()
    await server.prompt(id, script({ say: 'begun' }, { hang: true }))
    const { frames } = await readStream(server.eventsUrl(id), {
      token: server.token(),
      until: (frame) => frame.data?.code === 'agent_silent',
    })
    expect(frames.at(-1)!.data).toMatchObject({
      level: 'warn',
      text: 'The agent has said nothing for 0.2 s.',
    })
    expect((await server.get(`/api/sessions/${id}`)).body.state).toBe('running')
  })

  it('is stopped where the operator wants it so', async () => {
    await using server = await startServer({ BREAKGLASS_STALL_KILL_S: '0.3' })
    const { id } = await server.open()
    await server.prompt(id, script({ say: 'begun' }, { hang: true }))
    await untilTurnEnd(server.eventsUrl(id), server.token())
    const events = await server.events(id)
    expect(checkLog(events)).toEqual([])
    expect(events.find((event) => event.kind === 'error')).toMatchObject({
      code: 'stalled',
      error: 'the agent said nothing for 0.3 s',
    })
    expect(events.at(-1)).toMatchObject({ outcome: 'timed_out', survivors: 0 })
  })
})

it('an agent that says more than it may is stopped, and the session goes on', async () => {
  await using server = await startServer({ BREAKGLASS_OUTPUT_MAX_MIB: '2' })
  const { id } = await server.open({ agent: 'shell' })
  await server.prompt(id, 'yes')
  const { frames } = await untilTurnEnd(server.eventsUrl(id), server.token())
  const events = frames.flatMap((frame) => (frame.id === undefined ? [] : [frame.data]))
  expect(checkLog(events)).toEqual([])
  expect(events.at(-2)).toMatchObject({
    code: 'output_limit',
    error: expect.stringMatching(/^the agent has said \d+ MiB, and 2 MiB is the limit$/),
  })
  expect(events.at(-1)).toMatchObject({ outcome: 'failed', survivors: 0 })
  await server.prompt(id, 'echo on')
  const { frames: later } = await untilTurnEnd(server.eventsUrl(id), server.token(), events.length - 1)
  expect(later.at(-1)!.data).toMatchObject({ outcome: 'completed' })
})
