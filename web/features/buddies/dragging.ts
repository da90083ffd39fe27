import type { DragEvent } from 'react';
import type { Dragged } from './merging';

/** Its own type, so that nothing else that is dragged is taken for a person. */
const type = 'application/x-parley-person';

export function beginDrag(event: DragEvent, { contactId, buddyId }: Dragged): void {
  event.dataTransfer.setData(type, JSON.stringify([contactId, buddyId]));
  event.dataTransfer.effectAllowed = 'link';
}

export const isPerson = (event: DragEvent): boolean => event.dataTransfer.types.includes(type);

export function draggedOf(event: DragEvent): Dragged | null {
  try {
    const found: unknown = JSON.parse(event.dataTransfer.getData(type));
    if (!Array.isArray(found)) return null;
    const [contactId, buddyId] = found;
    return typeof contactId === 'string' ? { contactId, buddyId: typeof buddyId === 'string' ? buddyId : null } : null;
  } catch {
    return null;
  }
}
