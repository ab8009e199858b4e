// Reads calls as lines of JSON, answers each with one line: the other half of support/bridge.py.
import { createInterface } from 'node:readline';

// Calls `answer` with every line, one after another; what it throws becomes {broken}.
export async function serve(answer) {
  for await (const line of createInterface({ input: process.stdin })) {
    let said;
    try {
      said = await answer(JSON.parse(line));
    } catch (error) {
      said = { broken: String(error?.stack ?? error) };
    }
    process.stdout.write(JSON.stringify(said ?? {}) + '\n');
  }
}
