/**
 * The parts of Apache ECharts that are used, in Node.js and in pages. The build makes one file of it and of what it imports
 * (scripts/bundles.js): the 800 modules take half a second to load one by one.
 */
import { LineChart } from 'echarts/charts';
import {
  DataZoomInsideComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';

use([
  DataZoomInsideComponent,
  GridComponent,
  LabelLayout,
  LineChart,
  MarkLineComponent,
  SVGRenderer,
  TooltipComponent,
]);

export { init };
