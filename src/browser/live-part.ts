/** A part of a page that is at work. */
export interface LivePart {
  /** Takes what a newer form of the part says. @returns false where it cannot, and is to be replaced. */
  update(newer: HTMLElement): boolean;
  /** Lets go of what it holds. */
  stop(): void;
}

/** The data that a part carries in itself. */
export function dataOf<Data>(element: HTMLElement): Data {
  return JSON.parse(element.querySelector('script[type="application/json"]')!.textContent) as Data;
}
