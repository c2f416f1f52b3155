/** Keeps the item on the screen in the address, so that a link or a reload comes back to it. */
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";

export function useItemInAddress(itemId: string | null): void {
  const navigate = useNavigate();
  useEffect(() => {
    if (itemId === null) return;
    void navigate({ to: ".", search: { item: itemId }, replace: true });
  }, [navigate, itemId]);
}
