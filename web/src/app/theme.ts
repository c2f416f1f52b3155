import { createTheme, type MantineColorsTuple } from "@mantine/core";

const teal: MantineColorsTuple = [
  "#e6fafb",
  "#d5f1f4",
  "#abe2e8",
  "#7ed2dc",
  "#59c5d1",
  "#42bdcb",
  "#33b9c8",
  "#22a2b1",
  "#0b7a8d",
  "#00707f",
];

export const theme = createTheme({
  primaryColor: "whorl",
  primaryShade: 8,
  colors: { whorl: teal },
  autoContrast: true,
  // White on anything lighter than this is below 4.5 to 1.
  luminanceThreshold: 0.18,
  defaultRadius: "md",
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "1.375rem" }, h2: { fontSize: "1.125rem" }, h3: { fontSize: "1rem" } },
  },
  components: {
    Button: { defaultProps: { size: "sm" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    Table: { defaultProps: { verticalSpacing: 6, horizontalSpacing: "sm" } },
  },
});
