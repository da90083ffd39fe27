export const onMac = (): boolean => /Mac|iP(hone|ad)/.test(navigator.platform);

/** What the key of shortcuts is called on this device. */
export const modifier = (): string => (onMac() ? '⌘' : 'Ctrl');
