export interface Slider {
  /** Where it is. */
  readonly index: number;
  /** Moves it, and says so; to the nearest place that it has. */
  moveTo(index: number): void;
  /** Changes how many places there are. */
  resize(count: number): void;
  stop(): void;
}

const MILLISECONDS_A_FRAME = 150;

/** A slider with a button that plays, which are in the page and hidden until now. */
export function startSlider(
  root: HTMLElement,
  count: number,
  start: number,
  moved: (index: number) => void,
): Slider {
  const input = root.querySelector('input')!;
  const button = root.querySelector('button')!;
  let timer: ReturnType<typeof setInterval> | undefined;
  let last = count - 1;
  const pause = (): void => {
    clearInterval(timer);
    timer = undefined;
    button.textContent = 'Play';
  };
  const moveTo = (index: number): void => {
    input.value = String(Math.min(Math.max(index, 0), last));
    moved(Number(input.value));
  };
  const play = (): void => {
    if (Number(input.value) === last) moveTo(0);
    button.textContent = 'Stop';
    timer = setInterval(() => {
      moveTo(Number(input.value) + 1);
      if (Number(input.value) === last) pause();
    }, MILLISECONDS_A_FRAME);
  };
  const resize = (places: number): void => {
    last = places - 1;
    input.max = String(last);
    root.hidden = places < 2;
  };
  input.addEventListener('input', () => {
    pause();
    moved(Number(input.value));
  });
  button.addEventListener('click', () => (timer === undefined ? play() : pause()));
  resize(count);
  moveTo(start);
  return {
    get index() {
      return Number(input.value);
    },
    moveTo,
    resize,
    stop: pause,
  };
}
