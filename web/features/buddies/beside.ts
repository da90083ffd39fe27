import type { MouseEvent } from 'react';
import { canOpenBeside, openBeside } from '../shell/panes';

/**
 * The middle button, or a press with Ctrl or Command, opens a conversation beside those that are open, where there is
 * room; else it does what it does with any link.
 */
export function pressBeside(conversationId: string | null) {
  const press = (event: MouseEvent) => {
    const meant = event.type === 'auxclick' ? event.button === 1 : event.ctrlKey || event.metaKey;
    if (!meant || !conversationId || !canOpenBeside()) return;
    event.preventDefault();
    openBeside(conversationId);
  };
  return { onClick: press, onAuxClick: press };
}
