/** Addresses of a machine, in the one spelling that they are compared in. */
import { isIPv4 } from 'node:net'

/** A socket that takes both families says `::ffff:192.0.2.1` of an IPv4 peer. */
export const plainAddress = (address = ''): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

/** An address that only this machine itself can reach. */
export const isLoopback = (address: string): boolean =>
  address === '::1' || (isIPv4(address) && address.startsWith('127.'))
