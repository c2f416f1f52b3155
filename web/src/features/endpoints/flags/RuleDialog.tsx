import { Button, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { createFlagRule, updateFlagRule } from "@/api/queries/endpoints";
import type { Endpoint, FlagRule, FlagRuleWrite, RuleKind } from "@/api/schema.gen";
import { ChoiceCards } from "@/ui/ChoiceCards";
import { ProblemNote } from "@/ui/ProblemNote";

import { RULE_KINDS, RULES } from "../words";

export type RuleMove = { readonly kind: "add" } | { readonly kind: "edit"; readonly rule: FlagRule };

export interface RuleDialogProps {
  readonly endpoint: Endpoint;
  /** Null: closed. */
  readonly move: RuleMove | null;
  readonly onClose: () => void;
}

/** Asks what is to be flagged, and how often at most. */
export function RuleDialog({ endpoint, move, onClose }: RuleDialogProps) {
  const title = move?.kind === "edit" ? `Change “${RULES[move.rule.kind].title}”` : "Flag which answers?";
  return (
    <Modal opened={move !== null} onClose={onClose} title={title} size={move?.kind === "edit" ? "md" : "xl"}>
      {move !== null && (
        <Form endpoint={endpoint} rule={move.kind === "edit" ? move.rule : null} onClose={onClose} />
      )}
    </Modal>
  );
}

interface FormProps {
  readonly endpoint: Endpoint;
  readonly rule: FlagRule | null;
  readonly onClose: () => void;
}

function Form({ endpoint, rule, onClose }: FormProps) {
  const [kind, setKind] = useState<RuleKind>(rule?.kind ?? "report");
  const [value, setValue] = useState<number | null>(rule === null ? null : valueOf(rule));
  const [perDay, setPerDay] = useState(rule?.per_day ?? 100);
  const [window, setWindow] = useState(rule?.window ?? 50);
  const words = RULES[kind];
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: async () => {
      const edge = words.side === null ? {} : { [words.side]: value ?? words.example };
      const rest = { ...edge, per_day: perDay, ...(kind === "metric" ? { window } : {}) };
      if (rule !== null) await updateFlagRule({ ruleId: rule.id, body: rest });
      else await createFlagRule({ endpointId: endpoint.id, body: { ...BASE, kind, ...rest } });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["endpoint-log"] });
      onClose();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <Stack gap="md">
        {rule === null ? (
          <Kinds
            kind={kind}
            keepsImages={endpoint.settings.keep_images}
            onChange={(chosen) => {
              setKind(chosen);
              setValue(null);
            }}
          />
        ) : (
          <Text size="sm" c="dimmed">
            {words.catches}
          </Text>
        )}
        <Group grow align="flex-start">
          {words.side !== null && (
            <Threshold kind={kind} value={value ?? words.example} onChange={setValue} />
          )}
          {kind === "metric" && (
            <NumberInput
              label="Over the newest"
              description="feedbacks"
              min={5}
              max={10_000}
              allowDecimal={false}
              value={window}
              onChange={(given) => {
                if (typeof given === "number") setWindow(given);
              }}
            />
          )}
          <NumberInput
            label="Most flags a day"
            description="So that nobody drowns in them"
            min={0}
            allowDecimal={false}
            value={perDay}
            onChange={(given) => {
              if (typeof given === "number") setPerDay(given);
            }}
          />
        </Group>
        {saving.isError && <ProblemNote error={saving.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={saving.isPending}>
            {rule === null ? "Add the rule" : "Save"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface KindsProps {
  readonly kind: RuleKind;
  readonly keepsImages: boolean;
  readonly onChange: (kind: RuleKind) => void;
}

function Kinds({ kind, keepsImages, onChange }: KindsProps) {
  return (
    <ChoiceCards
      label="What it catches"
      cols={2}
      choices={RULE_KINDS.map((one) => ({
        value: one,
        title: RULES[one].title,
        about:
          one === "novelty" && !keepsImages
            ? "Needs the images, and this endpoint keeps only their hashes."
            : RULES[one].catches,
        isDisabled: one === "novelty" && !keepsImages,
      }))}
      value={kind}
      onChange={(value) => {
        const found = RULE_KINDS.find((one) => one === value);
        if (found !== undefined) onChange(found);
      }}
    />
  );
}

interface ThresholdProps {
  readonly kind: RuleKind;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Threshold({ kind, value, onChange }: ThresholdProps) {
  const { side } = RULES[kind];
  const isShare = side === "share";
  return (
    <NumberInput
      label={isShare ? "Share, in percent" : side === "above" ? "Flag over" : "Flag under"}
      description={isShare ? "of the requests" : "A number from 0 to 1"}
      min={0}
      max={isShare ? 100 : 1}
      step={isShare ? 1 : 0.05}
      decimalScale={3}
      value={isShare ? Number((value * 100).toFixed(3)) : value}
      onChange={(given) => {
        if (typeof given === "number") onChange(isShare ? given / 100 : given);
      }}
    />
  );
}

const BASE: Omit<FlagRuleWrite, "kind"> = { metric: "ok_share", window: 50, per_day: 100, is_on: true };

function valueOf(rule: FlagRule): number | null {
  return rule.below ?? rule.above ?? rule.share ?? null;
}
