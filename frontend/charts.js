// The parts of ECharts that the cockpit uses, and no more. Built by `npm run build` in this folder.
import * as echarts from "echarts/core";
import { BarChart, LineChart, SankeyChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, SankeyChart, AriaComponent, GridComponent, TooltipComponent, CanvasRenderer]);

window.echarts = echarts;
