/** What an agent asks by AskUserQuestion, and what it is answered. Pure. */

export type Question = {
  question: string
  header: string
  isMultiple: boolean
  options: { label: string; description: string }[]
}

/** What is chosen for one question: labels, and a text of one's own. */
export type Pick = { labels: readonly string[]; other: string }

export const NO_PICK: Pick = { labels: [], other: '' }

type Json = Record<string, unknown>

/** @returns null when it is not in a form that can be answered here */
export function questionsOf(input: unknown): Question[] | null {
  const list = (input as Json | null)?.questions
  if (!Array.isArray(list) || list.length === 0) return null
  const questions = list.map(questionOf)
  return questions.every((question) => question !== null) ? questions : null
}

function questionOf(value: unknown): Question | null {
  const { question, header, multiSelect, options = [] } = (value ?? {}) as Json
  if (typeof question !== 'string' || !Array.isArray(options)) return null
  return {
    question,
    header: typeof header === 'string' ? header : '',
    isMultiple: multiSelect === true,
    options: options.flatMap((option: Json | null) =>
      typeof option?.label === 'string'
        ? [
            {
              label: option.label,
              description: typeof option.description === 'string' ? option.description : '',
            },
          ]
        : [],
    ),
  }
}

/** One of several options takes the place of what was chosen; of many, it is added or taken away. */
export function choose(pick: Pick, label: string, isMultiple: boolean): Pick {
  if (!isMultiple) return { labels: [label], other: '' }
  const labels = pick.labels.includes(label)
    ? pick.labels.filter((chosen) => chosen !== label)
    : [...pick.labels, label]
  return { ...pick, labels }
}

/** A text of one's own stands alone where one answer is wanted, and beside the others where many are. */
export const write = (pick: Pick, other: string, isMultiple: boolean): Pick => ({
  labels: isMultiple || other.trim() === '' ? pick.labels : [],
  other,
})

/** @returns the answers by question, as the agent reads them; null while one is missing */
export function answersOf(
  questions: readonly Question[],
  picks: readonly Pick[],
): Record<string, string> | null {
  const answers = questions.map(({ question }, index): [string, string] => {
    const { labels, other } = picks[index] ?? NO_PICK
    return [question, [...labels, other.trim()].filter((text) => text !== '').join(', ')]
  })
  return answers.every(([, answer]) => answer !== '') ? Object.fromEntries(answers) : null
}
