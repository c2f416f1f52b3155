/** Custom properties in `style`: React passes them on, its types do not know them. */
import "react";

declare module "react" {
  interface CSSProperties {
    [name: `--${string}`]: string | number | undefined;
  }
}
