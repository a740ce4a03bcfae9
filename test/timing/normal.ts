/** The share of a standard normal distribution above z. */
export function upperTail(z: number): number {
  return erfc(z / Math.SQRT2) / 2
}

/** The z that such a share lies above. */
export function zAbove(share: number): number {
  let [low, high] = [-40, 40]
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2
    if (upperTail(middle) > share) low = middle
    else high = middle
  }
  return (low + high) / 2
}

// A Chebyshev fit whose error is 1.2e-7 of the value everywhere, also far out (Numerical Recipes, §6.2).
function erfc(x: number): number {
  const t = 1 / (1 + Math.abs(x) / 2)
  const sum = coefficients.reduceRight((rest, coefficient) => coefficient + t * rest, 0)
  const value = t * Math.exp(-x * x + sum)
  return x >= 0 ? value : 2 - value
}

const coefficients = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
]
