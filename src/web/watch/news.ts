/** What the page of a training is told whenever something has changed. */
export interface WatchNews {
  readonly title: string;
  /** HTML of the page's sections by their ids. Their children have ids: what is the same stays as it is. */
  readonly sections: Readonly<Record<string, string>>;
  /** Until the last epoch, as far as it can be known. */
  readonly secondsLeft?: number;
}
