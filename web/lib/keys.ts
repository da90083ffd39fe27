/** What the key of shortcuts is called on this device. */
export const modifier = (): string => (/Mac|iP(hone|ad)/.test(navigator.platform) ? '⌘' : 'Ctrl');
