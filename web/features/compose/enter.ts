'use client';
import { messageOf } from '../../lib/api/client';
import { changeSettings, useSettings } from '../../lib/settings';
import { notify } from '../../ui/notice';

/** Whether Enter sends; else it makes a line, and Enter with Control sends. */
export const useEnterSends = (): boolean => useSettings().sendWith === 'enter';

export function setEnterSends(on: boolean): void {
  changeSettings({ sendWith: on ? 'enter' : 'ctrl-enter' }).catch((error: unknown) => notify(messageOf(error)));
}
