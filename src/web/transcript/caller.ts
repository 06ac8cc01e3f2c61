/** Who did something, in words: a device has a name, and what comes with the token alone has none. */
export const callerText = (by: string): string => (by === 'token' ? 'a program or terminal' : by)
