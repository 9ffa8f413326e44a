# Finds xsimd 8.1 or later: XsimdHeaders_FOUND and the target XsimdHeaders::XsimdHeaders.
# The package that xsimd installs names a second library to link (xtl), which Debian does not install with it
# and which nothing here needs: xsimd is headers only.
find_path(XsimdHeaders_INCLUDE_DIR xsimd/xsimd.hpp)
mark_as_advanced(XsimdHeaders_INCLUDE_DIR)

if(XsimdHeaders_INCLUDE_DIR)
    file(STRINGS ${XsimdHeaders_INCLUDE_DIR}/xsimd/config/xsimd_config.hpp version_lines
        REGEX "#define XSIMD_VERSION_(MAJOR|MINOR|PATCH)")
    string(REGEX REPLACE "[^0-9]*([0-9]+)[^0-9]+([0-9]+)[^0-9]+([0-9]+).*" "\\1.\\2.\\3"
        XsimdHeaders_VERSION "${version_lines}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(XsimdHeaders
    REQUIRED_VARS XsimdHeaders_INCLUDE_DIR VERSION_VAR XsimdHeaders_VERSION)

if(XsimdHeaders_FOUND AND NOT TARGET XsimdHeaders::XsimdHeaders)
    add_library(XsimdHeaders::XsimdHeaders INTERFACE IMPORTED)
    set_target_properties(XsimdHeaders::XsimdHeaders PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES ${XsimdHeaders_INCLUDE_DIR})
endif()
