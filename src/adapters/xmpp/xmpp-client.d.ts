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
    toString(): string;
  }

  export class Parser {
    root: Element | null;
    cursor: Element | null;
    on(event: 'start' | 'element' | 'end', listener: (element: Element) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    emit(event: 'error', error: Error): boolean;
    write(text: string): void;
    onStartElement(name: string, attrs: Record<string, string>): void;
    onEndElement(name: string): void;
    onText(text: string): void;
    removeAllListeners(): this;
  }

  export const xml: {
    (name: string, attrs?: Record<string, string | undefined>, ...children: (Element | string)[]): Element;
    Parser: typeof Parser;
    Element: typeof Element;
  };

  export interface Jid {
    local: string;
    domain: string;
    resource: string;
    bare(): Jid;
    toString(): string;
  }
  export function jid(local: string, domain: string, resource?: string): Jid;
}
