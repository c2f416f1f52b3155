import fc from "fast-check";

// The same examples in every run, so that a red run is somebody's change; FC_SEED looks for new ones.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_260_101) });
