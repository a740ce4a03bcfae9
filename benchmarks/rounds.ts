/** Takes every turn once in each round. */
export async function takeTurns(
  rounds: number,
  turns: readonly (() => Promise<unknown>)[],
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    // The first run changes: one that always follows the same other would inherit its noise.
    const first = round % turns.length
    for (const turn of [...turns.slice(first), ...turns.slice(0, first)]) await turn()
  }
}
