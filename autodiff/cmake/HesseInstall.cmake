# Installs the libraries, their headers, the CMake package and the pkg-config file.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/hesse)
install(TARGETS hesse_autodiff hesse_optim hesse EXPORT hesse FILE_SET HEADERS)
if(TARGET hesse_mpi)
    # Apart from the others: who does not use it needs no MPI.
    install(TARGETS hesse_mpi EXPORT hesse_mpi FILE_SET HEADERS)
    install(EXPORT hesse_mpi NAMESPACE hesse:: FILE hesseMpiTargets.cmake DESTINATION ${package_dir})
endif()
if(TARGET hesse_data)
    install(TARGETS hesse_data EXPORT hesse_data FILE_SET HEADERS)
    install(EXPORT hesse_data NAMESPACE hesse:: FILE hesseDataTargets.cmake DESTINATION ${package_dir})
endif()
install(EXPORT hesse NAMESPACE hesse:: FILE hesseTargets.cmake DESTINATION ${package_dir})

configure_package_config_file(${PROJECT_SOURCE_DIR}/autodiff/cmake/hesseConfig.cmake.in
    ${PROJECT_BINARY_DIR}/hesseConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/hesseConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/hesseConfig.cmake ${PROJECT_BINARY_DIR}/hesseConfigVersion.cmake
    ${PROJECT_SOURCE_DIR}/autodiff/cmake/FindCBLAS.cmake
    ${PROJECT_SOURCE_DIR}/autodiff/cmake/FindLibcsv.cmake
    ${PROJECT_SOURCE_DIR}/autodiff/cmake/FindLibzip.cmake
    ${PROJECT_SOURCE_DIR}/autodiff/cmake/FindXsimdHeaders.cmake DESTINATION ${package_dir})

# A static library's own dependencies are linked by its user; a shared one brings them itself.
set(pkgconfig_requires "eigen3 xsimd")
if(BUILD_SHARED_LIBS)
    set(pkgconfig_requires_private "fmt tbb")
    set(pkgconfig_libs_private ${CBLAS_LIBRARY})
else()
    string(APPEND pkgconfig_requires " fmt tbb")
    set(pkgconfig_libs ${CBLAS_LIBRARY})
endif()
file(RELATIVE_PATH pkgconfig_to_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${PROJECT_SOURCE_DIR}/autodiff/cmake/hesse.pc.in ${PROJECT_BINARY_DIR}/hesse.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/hesse.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# hesse-data.pc and hesse-mpi.pc, of the libraries that need more than the others.
function(hesse_install_pkgconfig part part_description)
    set(part_libs ${ARGN})
    if(BUILD_SHARED_LIBS)
        set(part_libs "")
        set(part_libs_private ${ARGN})
    endif()
    list(JOIN part_libs " " part_libs)
    list(JOIN part_libs_private " " part_libs_private)
    configure_file(${PROJECT_SOURCE_DIR}/autodiff/cmake/hesse-part.pc.in ${PROJECT_BINARY_DIR}/hesse-${part}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/hesse-${part}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
if(TARGET hesse_data)
    hesse_install_pkgconfig(data "Rows of data from files" -lcsv -lzip)
endif()
if(TARGET hesse_mpi)
    hesse_install_pkgconfig(mpi "Ranks that are processes of MPI: for the compiler wrapper of MPI")
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
