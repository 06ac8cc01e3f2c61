/** The total table as a page. */
import { Table } from './table.tsx'
import { Top } from './top.tsx'

export function TableView() {
  return (
    <div class="screen">
      <Top title="Every state × event" back="#/" />
      <main class="page">
        <Table />
      </main>
    </div>
  )
}
