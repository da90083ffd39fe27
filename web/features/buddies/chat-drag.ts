import type { DragEvent } from 'react';

/** A conversation that is dragged: its own type, so that nothing else is taken for one. */
const type = 'application/x-parley-chat';

export const dragChat = ({ dataTransfer }: DragEvent, conversationId: string): void =>
  dataTransfer.setData(type, conversationId);

export const isChat = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes(type);

export const chatOf = ({ dataTransfer }: DragEvent): string => dataTransfer.getData(type);
