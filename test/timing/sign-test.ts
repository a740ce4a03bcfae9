/**
 * How probable it is, if neither is slower, that one of two is slower as often as here or more often:
 * two-sided, exact, ties left out.
 */
export function signTest(differences: ArrayLike<number>): number {
  const [slower, faster] = [count(differences, 1), count(differences, -1)]
  const pairs = slower + faster
  const fewer = Math.min(slower, faster)
  let logTerm = -pairs * Math.LN2
  let tail = Math.exp(logTerm)
  for (let index = 1; index <= fewer; index++) {
    logTerm += Math.log((pairs - index + 1) / index)
    tail += Math.exp(logTerm)
  }
  return Math.min(1, 2 * tail)
}

function count(differences: ArrayLike<number>, sign: 1 | -1): number {
  return Array.from(differences).filter((each) => Math.sign(each) === sign).length
}
