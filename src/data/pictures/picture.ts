/** What a picture's file says of it before it is decoded. */
export interface PictureHeader {
  /** In pixels, as they lie in the file. */
  readonly width: number;
  readonly height: number;
  /** Whether it has no colours. */
  readonly isGray: boolean;
  /** EXIF's orientation, 1 to 8; 1 is upright. */
  readonly orientation: number;
}

/** A decoded file: red, green, blue and opacity side by side [height, width, 4]. */
export interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** A decoded picture of any size. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** [height, width, channels] */
  readonly pixels: Uint8Array;
}
