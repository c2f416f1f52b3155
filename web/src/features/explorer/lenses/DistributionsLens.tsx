import { Text } from "@mantine/core";
export function DistributionsLens() {
  return <Text>soon</Text>;
}
