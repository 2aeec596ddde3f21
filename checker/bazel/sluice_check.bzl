"""sluice-check as an aspect: over each C and C++ source of what is built.

    bazel build //... --aspects=//:sluice_check.bzl%sluice_check --output_groups=sluice_check

A finding fails the build of its file and is shown. `sluice-check` is taken from PATH.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

_C = ["c"]
_CXX = ["cc", "cpp", "cxx", "C"]

def _arguments(ctx, context, toolchain, is_c):
    """How the compiler would be called for such a source."""
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    fragment = ctx.fragments.cpp
    own = fragment.copts + (fragment.conlyopts if is_c else fragment.cxxopts)
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        user_compile_flags = own + getattr(ctx.rule.attr, "copts", []),
        include_directories = context.includes,
        quote_include_directories = context.quote_includes,
        system_include_directories = context.system_includes,
        preprocessor_defines = depset(transitive = [context.defines, context.local_defines]),
    )
    return cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = ACTION_NAMES.c_compile if is_c else ACTION_NAMES.cpp_compile,
        variables = variables,
    )

def _sluice_check(target, ctx):
    if CcInfo not in target:
        return []
    context = target[CcInfo].compilation_context
    toolchain = find_cpp_toolchain(ctx)
    done = []
    for source in getattr(ctx.rule.files, "srcs", []):
        if source.extension not in _C + _CXX:
            continue
        clean = ctx.actions.declare_file("%s.%s.clean" % (target.label.name, source.basename))
        ctx.actions.run_shell(
            inputs = depset([source], transitive = [context.headers, toolchain.all_files]),
            outputs = [clean],
            command = 'sluice-check "$@" && touch ' + clean.path,
            arguments = [source.path, "--"] +
                        _arguments(ctx, context, toolchain, source.extension in _C),
            mnemonic = "SluiceCheck",
            use_default_shell_env = True,
        )
        done.append(clean)
    return [OutputGroupInfo(sluice_check = depset(done))]

sluice_check = aspect(
    implementation = _sluice_check,
    attr_aspects = ["deps"],
    attrs = {"_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain")},
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
