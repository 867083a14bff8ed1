/** Where `millrace up` keeps data and keys, and the other commands look for them, unless DATA_DIR says otherwise. */
export const DEFAULT_DATA_DIR = '.millrace'
