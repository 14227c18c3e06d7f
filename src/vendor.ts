/** Where a file is that the build has taken out of another package: `vendored('echarts/dist/echarts.min.js')`. */
export const vendored = (path: string): URL => new URL(`../dist/vendor/${path}`, import.meta.url);

/** What the build has put together for pages: `bundled('page.js')`. */
export const bundled = (name: string): URL => new URL(`../dist/pages/${name}`, import.meta.url);
