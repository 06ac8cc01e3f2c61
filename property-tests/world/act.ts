/**
 * What a command is made of: what happens, and how much of what is then on its way is done before the next. Each is a
 * plain value and may come at any time; so each can be left out, and a failing run gets short.
 */
import fc from 'fast-check'
import type { Tally } from '../runner/property.ts'
import { ALL, type Order } from './tasks.ts'
import type { World } from './world.ts'

/** The world holds all there is to know: nothing is needed to choose a command. */
export type WorldCommand = fc.AsyncCommand<Tally, World>

const picks = fc.array(fc.nat(6), { minLength: 1, maxLength: 8 })

/** What is done of all that is on its way after a command: nothing, a part, or all. */
const order: fc.Arbitrary<Order | null> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.constant(ALL) },
  { weight: 5, arbitrary: fc.record({ picks, all: fc.boolean() }) },
)

const describeOrder = ({ picks, all }: Order): string =>
  `then ${all ? 'all tasks' : 'tasks'} in order ${picks.join(' ')}`

export type Act = { name: string; args: unknown[]; act: (world: World) => void | Promise<void> }

export const command = (acts: fc.Arbitrary<Act>): fc.Arbitrary<WorldCommand> =>
  fc.tuple(acts, order).map(([{ name, args, act }, order]) => ({
    check: () => true,
    async run(tally, world) {
      tally.commands++
      await act(world)
      // Nothing at all: what comes next comes in the same tick.
      if (order !== null) await world.run(order)
    },
    toString: () =>
      `${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})${order === null ? '' : ` ${describeOrder(order)}`}`,
  }))

/** Of whom and how: what most acts have in common. */
export const session = fc.nat(1)
export const reader = fc.nat(2)
export const rarely = fc.nat(4).map((value) => value === 4)
export const sending = fc.record({ keyed: fc.boolean(), doubled: fc.nat(2).map((value) => value === 2) })
