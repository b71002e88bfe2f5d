#pragma once

namespace gantry::cni_plugin {

/// `gantry-cni`, a CNI plugin: its environment and standard input say what to do, its standard output what came of it.
int run_plugin();

}  // namespace gantry::cni_plugin
