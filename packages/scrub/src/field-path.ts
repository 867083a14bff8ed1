/** A name that a program gave: what else stands for a name may be anyone's or anything's, as in `scores["Jane Doe"]`. */
const IDENTIFIER = /^[\p{L}_$](?:[\p{L}\p{M}_$-]|\d(?!\d{3})){0,39}$/u
const MARK = /^\[[a-z_]{2,20}\](?:_\d{1,4})?$/
const LONGEST_PATH = 200

/** The path of a field by its names from the top; entries of lists are `*`, and so is a name that no program gave. */
export function fieldPath(names: readonly string[]): string {
  const path = names.map(pathName).join('.')
  return path.length <= LONGEST_PATH ? path : `${path.slice(0, LONGEST_PATH - 1)}…`
}

function pathName(name: string): string {
  if (MARK.test(name)) return name.replace(/_\d+$/, '')
  return IDENTIFIER.test(name) ? name : '*'
}
