/** Mantine's parts as links of the router: typed addresses, preload on hover, a middle click opens a tab. */
import {
  ActionIcon,
  Anchor,
  Button,
  Card,
  Menu,
  type ActionIconProps,
  type AnchorProps,
  type ButtonProps,
  type CardProps,
  type MenuItemProps,
} from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { forwardRef, type AnchorHTMLAttributes } from "react";

/** What an `a` takes besides the part's own properties. */
type Of<Props> = Props & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props | "href">;

export const LinkAnchor = createLink(
  forwardRef<HTMLAnchorElement, Of<AnchorProps>>(function LinkAnchor(props, ref) {
    return <Anchor ref={ref} {...props} />;
  }),
);

export const LinkButton = createLink(
  forwardRef<HTMLAnchorElement, Of<ButtonProps>>(function LinkButton(props, ref) {
    return <Button component="a" ref={ref} {...props} />;
  }),
);

export const LinkActionIcon = createLink(
  forwardRef<HTMLAnchorElement, Of<ActionIconProps>>(function LinkActionIcon(props, ref) {
    return <ActionIcon component="a" ref={ref} {...props} />;
  }),
);

export const LinkCard = createLink(
  forwardRef<HTMLAnchorElement, Of<CardProps>>(function LinkCard(props, ref) {
    return <Card component="a" ref={ref} {...props} />;
  }),
);

export const LinkMenuItem = createLink(
  forwardRef<HTMLAnchorElement, Of<MenuItemProps>>(function LinkMenuItem(props, ref) {
    return <Menu.Item component="a" ref={ref} {...props} />;
  }),
);
