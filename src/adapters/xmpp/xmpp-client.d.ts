/** The part of @xmpp/client that is used here; it brings no types. */
declare module '@xmpp/client' {
  export class Element {
    constructor(name: string, attrs?: Record<string, string>);
    name: string;
    parent: Element | null;
    attrs: Record<string, string | undefined>;
    children: (Element | string)[];
    getName(): string;
    getNS(): string | undefined;
    is(name: string, xmlns?: string): boolean;
    getChild(name: string, xmlns?: string): Element | undefined;
    getChildren(name: string, xmlns?: string): Element[];
    getChildText(name: string, xmlns?: string): string | null;
    getChildElements(): Element[];
    text(): string;
    append(child: Element): Element;
    /** Adds text. */
    t(text: string): this;
    toString(): string;
  }

  export class Parser {
    on(event: 'start' | 'element' | 'end', listener: (element: Element) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    write(text: string): void;
  }

  export const xml: {
    (name: string, attrs?: Record<string, string | undefined>, ...children: (Element | string)[]): Element;
    Parser: typeof Parser;
    Element: typeof Element;
  };
}
