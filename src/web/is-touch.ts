/** Whether this device is used with fingers, as far as it says. */
export const isTouch = (): boolean => matchMedia('(pointer: coarse)').matches
