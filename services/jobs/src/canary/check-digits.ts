/** The number with the check digit that makes Luhn's sum divisible by ten. */
export function withLuhn(body: string): string {
  const sum = [...body]
    .reverse()
    .map(Number)
    .reduce((total, digit, place) => {
      const weighed = place % 2 === 0 ? digit * 2 : digit
      return total + (weighed > 9 ? weighed - 9 : weighed)
    }, 0)
  return `${body}${(10 - (sum % 10)) % 10}`
}

/** A German IBAN of bank and account, 18 digits: mod 97. */
export function germanIban(account: string): string {
  const rest = BigInt(`${account}131400`) % 97n
  return `DE${String(98n - rest).padStart(2, '0')}${account}`
}
