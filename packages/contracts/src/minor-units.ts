const DECIMAL = /^([+-]?)(\d{1,30})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,2}))?$/

/**
 * A decimal amount, times a whole number, in minor units: ('10.10', 2) is 1010, (1.234, 3) is 1234, (0.125, 2, 4) is
 * 50. Computed on decimal digits; what the currency has no decimals for is rounded half-even, after multiplying.
 * Undefined for what is no decimal number or leaves the safe integers.
 */
export function toMinorUnits(decimal: unknown, exponent: number, times = 1): number | undefined {
  if (typeof decimal !== 'number' && typeof decimal !== 'string') return undefined
  const [, sign, whole, fraction = '', power = '0'] = DECIMAL.exec(String(decimal).trim()) ?? []
  if (whole === undefined || !Number.isSafeInteger(times)) return undefined
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`) * BigInt(times)
  const minor = Number(scaled(digits, Number(power) - fraction.length + exponent))
  return Number.isSafeInteger(minor) ? minor : undefined
}

function scaled(digits: bigint, power: number): bigint {
  return power >= 0 ? digits * 10n ** BigInt(power) : dividedHalfEven(digits, 10n ** BigInt(-power))
}

function dividedHalfEven(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n
  const size = negative ? -dividend : dividend
  const quotient = size / divisor
  const twiceRest = (size % divisor) * 2n
  const up = twiceRest > divisor || (twiceRest === divisor && quotient % 2n === 1n)
  const rounded = up ? quotient + 1n : quotient
  return negative ? -rounded : rounded
}
