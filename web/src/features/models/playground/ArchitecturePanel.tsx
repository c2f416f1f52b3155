import { Alert, Button, Collapse, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAdjustments, IconChevronDown, IconChevronRight } from "@tabler/icons-react";

import type { Architecture } from "@/api/schema.gen";
import { ChoiceCards } from "@/ui/ChoiceCards";
import { Panel } from "@/ui/Panel";
import { commonOf, SchemaInput } from "@/graph/inputs";

import { architecturesFor, AUTO, fieldsFor, PRESETS, withParam, type Preset } from "./form";
import type { PartProps } from "./PlaygroundPage";

export interface ArchitecturePanelProps extends PartProps {
  readonly architectures: readonly Architecture[];
  /** Undefined: one's own adapter. */
  readonly architecture: Architecture | undefined;
  /** The task that the dataset's labels are made for. */
  readonly found: string | null;
}

const OWN = "own";

/** Which kind of model, how much effort, and every parameter for those who want it. */
export function ArchitecturePanel({
  form,
  onChange,
  architectures,
  architecture,
  found,
}: ArchitecturePanelProps) {
  const fitting = architecturesFor(architectures, form.task ?? found);
  const cards = fitting.map((one) => ({
    value: one.name,
    title: one.title,
    about: one.is_available
      ? one.summary
      : `Not here: ${one.needs.join(", ") || "not installed"}. ${one.install_hint}`,
    badge: one.name === AUTO ? "auto" : undefined,
    isDisabled: !one.is_available,
  }));
  const own = {
    value: OWN,
    title: "Your own adapter",
    about: "A class of yours, as package.module:Object, installed where Whorl runs.",
  };
  return (
    <Panel title="Architecture">
      <Stack gap="md">
        <ChoiceCards
          label="Kind of model"
          choices={[...cards, own]}
          value={architecture?.name ?? OWN}
          onChange={(name) => {
            onChange({
              architecture: name === OWN ? "my_package.my_module:MyModel" : name,
              params: {},
              ...(name === OWN ? { preset: null } : {}),
            });
          }}
          cols={3}
        />
        {architecture === undefined ? (
          <TextInput
            label="Adapter"
            description="Trained in a process of its own, as all models are."
            required
            value={form.architecture}
            onChange={(event) => {
              onChange({ architecture: event.currentTarget.value });
            }}
          />
        ) : (
          <Effort form={form} onChange={onChange} architecture={architecture} />
        )}
      </Stack>
    </Panel>
  );
}

type EffortProps = Pick<ArchitecturePanelProps, "form" | "onChange"> & {
  readonly architecture: Architecture;
};

function Effort({ form, onChange, architecture }: EffortProps) {
  const [isOpen, open] = useDisclosure(Object.keys(form.params).length > 0);
  const fields = fieldsFor(architecture, form.preset);
  const changed = Object.keys(form.params).length;
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <>
      {Object.keys(architecture.presets).length > 0 && (
        <ChoiceCards
          label="Effort"
          choices={PRESETS.flatMap((name) => {
            const found = architecture.presets[name];
            return found === undefined
              ? []
              : [
                  {
                    value: name,
                    title: TITLES[name],
                    about: found.about,
                    badge: sayBudget(found.params.budget_s),
                  },
                ];
          })}
          value={form.preset}
          onChange={(value) => {
            onChange({ preset: PRESETS.find((one) => one === value) ?? null, params: {} });
          }}
        />
      )}
      {architecture.name === AUTO && (
        <Alert variant="light" icon={<IconAdjustments size={18} />} p="xs">
          <Text size="sm">
            Several short trainings within the budget; weak ones end early. The winner becomes the model, and
            the run lists everything that was tried.
          </Text>
        </Alert>
      )}
      {fields.length > 0 && (
        <div>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<Chevron size={14} />}
            aria-expanded={isOpen}
            onClick={open.toggle}
          >
            Parameters{changed > 0 ? `, ${String(changed)} set by hand` : ""}
          </Button>
          <Collapse expanded={isOpen}>
            <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing="sm" mt="xs">
              {fields.map((field) => (
                <SchemaInput
                  key={`${field.name} ${form.preset ?? ""}`}
                  field={field}
                  value={form.params[field.name]}
                  common={commonOf(field)}
                  onChange={(value) => {
                    onChange({ params: withParam(form.params, field.name, value) });
                  }}
                />
              ))}
            </SimpleGrid>
          </Collapse>
        </div>
      )}
    </>
  );
}

const TITLES: Readonly<Record<Preset, string>> = { speed: "Speed", balance: "Balance", accuracy: "Accuracy" };

function sayBudget(seconds: unknown): string | undefined {
  if (typeof seconds !== "number") return undefined;
  return seconds < 120 ? `${String(seconds)} s` : `${String(Math.round(seconds / 60))} min`;
}
