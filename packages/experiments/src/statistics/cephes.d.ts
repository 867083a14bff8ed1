/** The package's own types cannot be found through its `exports`; these are the functions that are used. */
declare module 'cephes' {
  /** Resolves when the functions may be called. */
  export const compiled: Promise<void>
  /** Standard normal distribution function. */
  export function ndtr(x: number): number
  /** Its inverse. */
  export function ndtri(probability: number): number
  /** Upper tail of the chi-square distribution. */
  export function chdtrc(degreesOfFreedom: number, x: number): number
  /** Regularised incomplete beta integral. */
  export function incbet(a: number, b: number, x: number): number
  /** Its inverse in x. */
  export function incbi(a: number, b: number, y: number): number
}
