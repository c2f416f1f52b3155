import { Alert, Button, Group, Kbd, Modal, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";

import { ACTIONS, getAction, type Action } from "@/keys/actions";
import { chordsOf, showChord } from "@/keys/chord";
import {
  DEFAULT_KEYS,
  rebind,
  resetKeys,
  resolveKeys,
  type KeySettings,
  type Rebinding,
} from "@/keys/keymap";
import { PRESET_NAMES } from "@/keys/presets";
import { loadKeys, saveKeys } from "@/keys/storage";

import { useStudio } from "../context";
import { say } from "../studioStore";

/** Other keys: a family to begin with, and each action by itself. */
export function RemapDialog({ onClose }: { readonly onClose: () => void }) {
  const { keyboard, store } = useStudio();
  const [settings, setSettings] = useState(() => loadKeys(localStorage));
  const [listening, setListening] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const adopt = (next: KeySettings) => {
    setSettings(next);
    setTrouble(null);
    setListening(null);
    keyboard.use(next);
    if (!saveKeys(localStorage, next))
      say(store, "This browser keeps nothing: the keys hold until you close the tab.");
  };
  const take = (result: Rebinding, id: string, keys: readonly string[]) => {
    setListening(null);
    if (result.kind === "done") adopt(result.settings);
    else setTrouble({ id, keys, result });
  };
  const hear = (event: KeyboardEvent, id: string) => {
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") {
      setListening(null);
      return;
    }
    const chord = chordsOf(event.nativeEvent).at(-1);
    if (chord !== undefined) take(rebind(settings, { id, keys: [chord] }), id, [chord]);
  };
  const map = resolveKeys(settings);
  return (
    <Modal opened onClose={onClose} title="Change the keys" size="lg">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Letters follow your keyboard layout; the row of digits goes by its place, so it works on AZERTY too.
        </Text>
        <SegmentedControl
          aria-label="Key family"
          value={settings.preset}
          data={[...PRESET_NAMES]}
          onChange={(value) => {
            const preset = PRESET_NAMES.find((name) => name === value);
            if (preset !== undefined) adopt({ preset, own: {} });
          }}
        />
        {trouble !== null && <TroubleNote trouble={trouble} settings={settings} onUse={adopt} />}
        <Table>
          <Table.Tbody>
            {ACTIONS.map((action) => (
              <KeyRow
                key={action.id}
                action={action}
                keys={map.get(action.id) ?? []}
                isOwn={settings.own[action.id] !== undefined}
                isListening={listening === action.id}
                onListen={() => {
                  setListening(action.id);
                }}
                onKey={(event) => {
                  hear(event, action.id);
                }}
                onReset={() => {
                  adopt(resetKeys(settings, action.id));
                }}
              />
            ))}
          </Table.Tbody>
        </Table>
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() => {
              adopt(DEFAULT_KEYS);
            }}
          >
            All as at the beginning
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

interface Trouble {
  readonly id: string;
  readonly keys: readonly string[];
  readonly result: Exclude<Rebinding, { kind: "done" }>;
}

interface TroubleNoteProps {
  readonly trouble: Trouble;
  readonly settings: KeySettings;
  readonly onUse: (settings: KeySettings) => void;
}

function TroubleNote({ trouble, settings, onUse }: TroubleNoteProps) {
  const { id, keys, result } = trouble;
  if (result.kind === "refused") {
    return (
      <Alert color="red" variant="light" role="alert">
        {result.reason}
      </Alert>
    );
  }
  return (
    <Alert color="yellow" variant="light" role="alert">
      <Group justify="space-between">
        <Text size="sm">
          {showChord(result.chord)} already means: {getAction(result.with).title}
        </Text>
        <Button
          size="xs"
          onClick={() => {
            const taken = rebind(settings, { id, keys, isTaking: true });
            if (taken.kind === "done") onUse(taken.settings);
          }}
        >
          Take it
        </Button>
      </Group>
    </Alert>
  );
}

interface KeyRowProps {
  readonly action: Action;
  readonly keys: readonly string[];
  readonly isOwn: boolean;
  readonly isListening: boolean;
  readonly onListen: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onReset: () => void;
}

function KeyRow({ action, keys, isOwn, isListening, onListen, onKey, onReset }: KeyRowProps) {
  return (
    <Table.Tr>
      <Table.Td>{action.title}</Table.Td>
      <Table.Td w={110}>
        <Text size="xs" c="dimmed">
          {action.group}
        </Text>
      </Table.Td>
      <Table.Td w={220}>
        <Group gap={4} justify="flex-end">
          {isOwn && (
            <Button size="compact-xs" variant="subtle" onClick={onReset}>
              Reset
            </Button>
          )}
          <Button
            size="compact-xs"
            variant={isListening ? "filled" : "default"}
            aria-label={`Key of ${action.title}: ${keys.map((key) => showChord(key)).join(" or ")}`}
            onClick={onListen}
            onKeyDown={isListening ? onKey : undefined}
          >
            {isListening
              ? "Press a key…"
              : keys.map((key) => (
                  <Kbd key={key} size="xs" mr={3}>
                    {showChord(key)}
                  </Kbd>
                ))}
          </Button>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
