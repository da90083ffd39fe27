'use client';
import { createContext, type ReactNode, useContext } from 'react';

export type PaneState = {
  /** Shortcuts and commands are meant for it. */
  focused: boolean;
  /** Others stand beside it. */
  several: boolean;
  /** Its messages are seen: its sheet does not cover them. */
  seen: boolean;
  /** What moves the line between it and the one before it. */
  edge: ReactNode;
};

const PaneContext = createContext<PaneState>({ focused: true, several: false, seen: true, edge: null });

export const PaneProvider = PaneContext.Provider;

/** How the pane around stands among the others. */
export const usePane = (): PaneState => useContext(PaneContext);
