import { expect, it } from 'vitest'
import { answersOf, choose, NO_PICK, questionsOf, write } from '../../../src/web/state/questions.ts'

const input = {
  questions: [
    {
      ...{ question: 'Which disk?', header: 'Disk', multiSelect: false },
      options: [{ label: 'sda', description: 'system' }, { label: 'sdb' }],
    },
    { question: 'Which logs?', multiSelect: true, options: [{ label: 'nginx' }, { label: 'journal' }] },
  ],
}
const questions = questionsOf(input)!
const [one, many] = [false, true]

it('reads questions with what they may leave out', () => {
  expect(questions).toEqual([
    {
      ...{ question: 'Which disk?', header: 'Disk', isMultiple: false },
      options: [
        { label: 'sda', description: 'system' },
        { label: 'sdb', description: '' },
      ],
    },
    {
      ...{ question: 'Which logs?', header: '', isMultiple: true },
      options: [
        { label: 'nginx', description: '' },
        { label: 'journal', description: '' },
      ],
    },
  ])
})

it.each([
  null,
  {},
  { questions: [] },
  { questions: [{ options: [] }] },
  { questions: ['x'] },
  { questions: 'x' },
])('leaves %j to be shown as it is', (strange) => {
  expect(questionsOf(strange)).toBeNull()
})

it('has no answer before each question has one', () => {
  const disk = choose(NO_PICK, 'sdb', one)
  expect(answersOf(questions, [disk, NO_PICK])).toBeNull()
  expect(answersOf(questions, [disk, write(NO_PICK, '  ', many)])).toBeNull()
})

it('answers by the question’s own words, many labels as a list', () => {
  const logs = choose(choose(NO_PICK, 'nginx', many), 'journal', many)
  expect(answersOf(questions, [choose(NO_PICK, 'sdb', one), logs])).toEqual({
    ...{ 'Which disk?': 'sdb', 'Which logs?': 'nginx, journal' },
  })
})

it('has one choice or one’s own words where one answer is wanted, whichever came last', () => {
  const worded = write(choose(NO_PICK, 'sda', one), 'neither', one)
  expect(worded).toEqual({ labels: [], other: 'neither' })
  expect(choose(worded, 'sdb', one)).toEqual({ labels: ['sdb'], other: '' })
})

it('takes a choice back, and has own words beside the others, where many are wanted', () => {
  const both = choose(choose(NO_PICK, 'nginx', many), 'journal', many)
  const worded = write(choose(both, 'nginx', many), 'mail', many)
  expect(answersOf(questions.slice(1), [worded])).toEqual({ 'Which logs?': 'journal, mail' })
})
