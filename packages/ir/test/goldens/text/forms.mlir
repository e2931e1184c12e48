// command: print
// Every op in the form that JAX writes.
module @forms attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<2x3xf32> {jax.arg_info = "x", tf.aliasing_output = 0 : i32}, %arg1: tensor<2x3xi32>, %arg2: tensor<2x3xcomplex<f32>>, %p: tensor<2x3xi1>, %s: tensor<f32>, %i: tensor<i32>) -> (tensor<2x3xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.add %arg0, %arg0 : tensor<2x3xf32>
    %1 = stablehlo.divide %arg0, %arg0 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %2 = stablehlo.abs %arg2 : (tensor<2x3xcomplex<f32>>) -> tensor<2x3xf32>
    %3 = stablehlo.complex %0, %1 : tensor<2x3xcomplex<f32>>
    %4 = stablehlo.complex %0, %1 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xcomplex<f32>>
    %5 = stablehlo.real %3 : (tensor<2x3xcomplex<f32>>) -> tensor<2x3xf32>
    %6 = stablehlo.compare LT, %0, %1 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    %7 = stablehlo.compare NE, %0, %1, TOTALORDER : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    %8 = stablehlo.select %p, %0, %1 : tensor<2x3xi1>, tensor<2x3xf32>
    %9 = stablehlo.select %p, %0, %1 : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    %10 = stablehlo.clamp %0, %1, %0 : tensor<2x3xf32>
    %11 = stablehlo.clamp %s, %1, %s : (tensor<f32>, tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
    %12 = stablehlo.is_finite %0 : (tensor<2x3xf32>) -> tensor<2x3xi1>
    %13 = stablehlo.convert %arg1 : (tensor<2x3xi32>) -> tensor<2x3xbf16>
    %14 = stablehlo.reduce_precision %0, format = e5m10 : tensor<2x3xf32>
    %15 = stablehlo.exponential %0 {result_accuracy = #stablehlo.result_accuracy<mode = #stablehlo.result_accuracy_mode<DEFAULT>>} : tensor<2x3xf32>
    %16 = chlo.erf_inv %0 : tensor<2x3xf32> -> tensor<2x3xf32>
    %17 = chlo.next_after %0, %1 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
    %18 = chlo.is_inf %0 : tensor<2x3xf32> -> tensor<2x3xi1>
    %19:2 = stablehlo.optimization_barrier %0, %arg1 : tensor<2x3xf32>, tensor<2x3xi32>
    stablehlo.optimization_barrier()
    %20 = stablehlo.iota dim = 1 : tensor<2x3xui8>
    %21 = stablehlo.broadcast_in_dim %0, dims = [1, 2] : (tensor<2x3xf32>) -> tensor<4x2x3xf32>
    %22 = stablehlo.reshape %0 : (tensor<2x3xf32>) -> tensor<6xf32>
    %23 = stablehlo.transpose %0, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
    %24 = stablehlo.slice %0 [0:2, 0:3:2] : (tensor<2x3xf32>) -> tensor<2x2xf32>
    %25 = stablehlo.reverse %0, dims = [0] : tensor<2x3xf32>
    %26 = stablehlo.pad %0, %s, low = [1, -1], high = [0, 0], interior = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<3x4xf32>
    %27 = stablehlo.concatenate %0, %1, dim = 0 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
    %28 = stablehlo.dynamic_slice %0, %i, %i, sizes = [1, 2] : (tensor<2x3xf32>, tensor<i32>, tensor<i32>) -> tensor<1x2xf32>
    %29 = stablehlo.dynamic_slice %s, , sizes = [] : (tensor<f32>) -> tensor<f32>
    %30 = stablehlo.dynamic_update_slice %0, %28, %i, %i : (tensor<2x3xf32>, tensor<1x2xf32>, tensor<i32>, tensor<i32>) -> tensor<2x3xf32>
    %31 = stablehlo.bitcast_convert %0 : (tensor<2x3xf32>) -> tensor<2x3x2xui16>
    %32 = stablehlo.dot_general %0, %1, batching_dims = [0] x [0], contracting_dims = [1] x [1], precision = [HIGH, HIGHEST] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2xf32>
    %33 = stablehlo.dot_general %0, %1, contracting_dims = [] x [] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3x2x3xf32>
    %34 = stablehlo.reduce(%0 init: %s) applies stablehlo.maximum across dimensions = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<f32>
    %35:2 = stablehlo.reduce(%0 init: %s), (%arg1 init: %i) across dimensions = [1] : (tensor<2x3xf32>, tensor<2x3xi32>, tensor<f32>, tensor<i32>) -> (tensor<2xf32>, tensor<2xi32>)
     reducer(%a: tensor<f32>, %b: tensor<f32>) (%c: tensor<i32>, %d: tensor<i32>)  {
      %40 = stablehlo.add %a, %b : tensor<f32>
      stablehlo.return %40, %c : tensor<f32>, tensor<i32>
    }
    %36:2 = stablehlo.while(%iterArg = %i, %iterArg_0 = %0) : tensor<i32>, tensor<2x3xf32> attributes {mhlo.frontend_attributes = {a = "b"}}
    cond {
      %c = stablehlo.constant dense<3> : tensor<i32>
      %41 = stablehlo.compare LT, %iterArg, %c, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %41 : tensor<i1>
    } do {
      %c = stablehlo.constant dense<1> : tensor<i32>
      %41 = stablehlo.add %iterArg, %c : tensor<i32>
      %42 = func.call @"<lambda>"(%iterArg_0) : (tensor<2x3xf32>) -> tensor<2x3xf32>
      stablehlo.return %41, %42 : tensor<i32>, tensor<2x3xf32>
    }
    %37 = "stablehlo.case"(%i) ({
      stablehlo.return %0 : tensor<2x3xf32>
    }, {
      %41 = stablehlo.negate %36#1 : tensor<2x3xf32>
      stablehlo.return %41 : tensor<2x3xf32>
    }) : (tensor<i32>) -> tensor<2x3xf32>
    %38 = call @"<lambda>"(%37) {mhlo.sharding = "x"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
    stablehlo.custom_call @check.expect_eq(%38, %38) {has_side_effect = true} : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()
    %39 = stablehlo.custom_call @Sharding(%38) {api_version = 1 : i32, backend_config = "", mhlo.sharding = "{replicated}"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
    return %39 : tensor<2x3xf32>
  }
  func.func private @"<lambda>"(%arg0: tensor<2x3xf32>) -> tensor<2x3xf32> {
    return %arg0 : tensor<2x3xf32>
  }
}
// expected:
module @forms attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<2x3xf32> {jax.arg_info = "x", tf.aliasing_output = 0 : i32}, %arg1: tensor<2x3xi32>, %arg2: tensor<2x3xcomplex<f32>>, %p: tensor<2x3xi1>, %s: tensor<f32>, %i: tensor<i32>) -> (tensor<2x3xf32> {jax.result_info = "result"}) {
    %0 = stablehlo.add %arg0, %arg0 : tensor<2x3xf32>
    %1 = stablehlo.divide %arg0, %arg0 : tensor<2x3xf32>
    %2 = stablehlo.abs %arg2 : (tensor<2x3xcomplex<f32>>) -> tensor<2x3xf32>
    %3 = stablehlo.complex %0, %1 : tensor<2x3xcomplex<f32>>
    %4 = stablehlo.complex %0, %1 : tensor<2x3xcomplex<f32>>
    %5 = stablehlo.real %3 : (tensor<2x3xcomplex<f32>>) -> tensor<2x3xf32>
    %6 = stablehlo.compare LT, %0, %1 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    %7 = stablehlo.compare NE, %0, %1, TOTALORDER : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    %8 = stablehlo.select %p, %0, %1 : tensor<2x3xi1>, tensor<2x3xf32>
    %9 = stablehlo.select %p, %0, %1 : tensor<2x3xi1>, tensor<2x3xf32>
    %10 = stablehlo.clamp %0, %1, %0 : tensor<2x3xf32>
    %11 = stablehlo.clamp %s, %1, %s : (tensor<f32>, tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
    %12 = stablehlo.is_finite %0 : (tensor<2x3xf32>) -> tensor<2x3xi1>
    %13 = stablehlo.convert %arg1 : (tensor<2x3xi32>) -> tensor<2x3xbf16>
    %14 = stablehlo.reduce_precision %0, format = e5m10 : tensor<2x3xf32>
    %15 = stablehlo.exponential %0 : tensor<2x3xf32>
    %16 = chlo.erf_inv %0 : tensor<2x3xf32> -> tensor<2x3xf32>
    %17 = chlo.next_after %0, %1 : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
    %18 = chlo.is_inf %0 : tensor<2x3xf32> -> tensor<2x3xi1>
    %19:2 = stablehlo.optimization_barrier %0, %arg1 : tensor<2x3xf32>, tensor<2x3xi32>
    stablehlo.optimization_barrier()
    %20 = stablehlo.iota dim = 1 : tensor<2x3xui8>
    %21 = stablehlo.broadcast_in_dim %0, dims = [1, 2] : (tensor<2x3xf32>) -> tensor<4x2x3xf32>
    %22 = stablehlo.reshape %0 : (tensor<2x3xf32>) -> tensor<6xf32>
    %23 = stablehlo.transpose %0, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
    %24 = stablehlo.slice %0 [0:2, 0:3:2] : (tensor<2x3xf32>) -> tensor<2x2xf32>
    %25 = stablehlo.reverse %0, dims = [0] : tensor<2x3xf32>
    %26 = stablehlo.pad %0, %s, low = [1, -1], high = [0, 0], interior = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<3x4xf32>
    %27 = stablehlo.concatenate %0, %1, dim = 0 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
    %28 = stablehlo.dynamic_slice %0, %i, %i, sizes = [1, 2] : (tensor<2x3xf32>, tensor<i32>, tensor<i32>) -> tensor<1x2xf32>
    %29 = stablehlo.dynamic_slice %s, sizes = [] : (tensor<f32>) -> tensor<f32>
    %30 = stablehlo.dynamic_update_slice %0, %28, %i, %i : (tensor<2x3xf32>, tensor<1x2xf32>, tensor<i32>, tensor<i32>) -> tensor<2x3xf32>
    %31 = stablehlo.bitcast_convert %0 : (tensor<2x3xf32>) -> tensor<2x3x2xui16>
    %32 = stablehlo.dot_general %0, %1, batching_dims = [0] x [0], contracting_dims = [1] x [1], precision = [HIGH, HIGHEST] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2xf32>
    %33 = stablehlo.dot_general %0, %1, contracting_dims = [] x [] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3x2x3xf32>
    %34 = stablehlo.reduce(%0 init: %s) applies stablehlo.maximum across dimensions = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<f32>
    %35:2 = stablehlo.reduce(%0 init: %s), (%arg1 init: %i) across dimensions = [1] : (tensor<2x3xf32>, tensor<2x3xi32>, tensor<f32>, tensor<i32>) -> (tensor<2xf32>, tensor<2xi32>)
     reducer(%a: tensor<f32>, %b: tensor<f32>) (%c: tensor<i32>, %d: tensor<i32>) {
      %36 = stablehlo.add %a, %b : tensor<f32>
      stablehlo.return %36, %c : tensor<f32>, tensor<i32>
    }
    %37:2 = stablehlo.while(%iterArg = %i, %iterArg_0 = %0) : tensor<i32>, tensor<2x3xf32>
    cond {
      %c_0 = stablehlo.constant dense<3> : tensor<i32>
      %38 = stablehlo.compare LT, %iterArg, %c_0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %38 : tensor<i1>
    } do {
      %c_1 = stablehlo.constant dense<1> : tensor<i32>
      %39 = stablehlo.add %iterArg, %c_1 : tensor<i32>
      %40 = func.call @"<lambda>"(%iterArg_0) : (tensor<2x3xf32>) -> tensor<2x3xf32>
      stablehlo.return %39, %40 : tensor<i32>, tensor<2x3xf32>
    }
    %41 = "stablehlo.case"(%i) ({
      stablehlo.return %0 : tensor<2x3xf32>
    }, {
      %42 = stablehlo.negate %37#1 : tensor<2x3xf32>
      stablehlo.return %42 : tensor<2x3xf32>
    }) : (tensor<i32>) -> tensor<2x3xf32>
    %43 = call @"<lambda>"(%41) : (tensor<2x3xf32>) -> tensor<2x3xf32>
    stablehlo.custom_call @check.expect_eq(%43, %43) {has_side_effect = true} : (tensor<2x3xf32>, tensor<2x3xf32>) -> ()
    %44 = stablehlo.custom_call @Sharding(%43) {api_version = 1 : i32, backend_config = "", mhlo.sharding = "{replicated}"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
    return %44 : tensor<2x3xf32>
  }
  func.func private @"<lambda>"(%arg0: tensor<2x3xf32>) -> tensor<2x3xf32> {
    return %arg0 : tensor<2x3xf32>
  }
}
// -----
// command: generic
// A bare function; every attribute kind in the generic form; comments and line breaks anywhere.
func.func @main(%arg0: tensor<2x3xf32>, %i: tensor<i32>,
                %p: tensor<i1>) -> tensor<2xf32> attributes {llvm.emit = "x"} {
  %s = stablehlo.constant {foo.bar = [1, 2]} dense<1.5> : tensor<f32>  // a comment
  %0 = stablehlo.dot_general
    %arg0, %arg0, contracting_dims = [1] x [1],
    precision = [DEFAULT, DEFAULT], algorithm = <lhs_precision_type = tf32, rhs_precision_type = tf32> : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x2xf32>
  %1 = stablehlo.compare EQ, %arg0, %arg0, FLOAT : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
  %2, %3 = "stablehlo.if"(%p) ({
    stablehlo.return %s, %i : tensor<f32>, tensor<i32>
  }, {
    stablehlo.return %s, %i : tensor<f32>, tensor<i32>
  }) : (tensor<i1>) -> (tensor<f32>, tensor<i32>)
  %4 = stablehlo.reduce(%arg0 init: %2) applies stablehlo.add across dimensions = [1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
  %5 = stablehlo.reduce_precision %4, format = e8m7 : (tensor<2xf32>) -> tensor<2xf32>
  return %5 : tensor<2xf32>
}
// expected:
module {
  func.func public @main(%arg0: tensor<2x3xf32>, %i: tensor<i32>, %p: tensor<i1>) -> tensor<2xf32> {
    %s = "stablehlo.constant"() <{value = dense<1.5> : tensor<f32>}> : () -> tensor<f32>
    %0 = "stablehlo.dot_general"(%arg0, %arg0) <{dot_dimension_numbers = #stablehlo.dot<lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [1]>, precision_config = [#stablehlo<precision DEFAULT>, #stablehlo<precision DEFAULT>]}> : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x2xf32>
    %1 = "stablehlo.compare"(%arg0, %arg0) <{compare_type = #stablehlo<comparison_type FLOAT>, comparison_direction = #stablehlo<comparison_direction EQ>}> : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    %2:2 = "stablehlo.if"(%p) ({
      "stablehlo.return"(%s, %i) : (tensor<f32>, tensor<i32>) -> ()
    }, {
      "stablehlo.return"(%s, %i) : (tensor<f32>, tensor<i32>) -> ()
    }) : (tensor<i1>) -> (tensor<f32>, tensor<i32>)
    %3 = "stablehlo.reduce"(%arg0, %2#0) <{dimensions = array<i64: 1>}> ({
    ^bb0(%arg3: tensor<f32>, %arg4: tensor<f32>):
      %4 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
      "stablehlo.return"(%4) : (tensor<f32>) -> ()
    }) : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
    %5 = "stablehlo.reduce_precision"(%3) <{exponent_bits = 8 : i32, mantissa_bits = 7 : i32}> : (tensor<2xf32>) -> tensor<2xf32>
    "func.return"(%5) : (tensor<2xf32>) -> ()
  }
}
// -----
// command: print
// The generic form of what MLIR prints with print_generic_op_form, and older spellings of integer lists.
"builtin.module"() <{sym_name = "m"}> ({
  "func.func"() <{arg_attrs = [{jax.arg_info = "x"}], function_type = (tensor<2x3xf32>) -> (tensor<3x2xf32>, tensor<1x3xf32>), res_attrs = [{}, {jax.result_info = "y"}], sym_name = "main", sym_visibility = "public"}> ({
  ^bb0(%arg0: tensor<2x3xf32>):
    %0 = "stablehlo.transpose"(%arg0) {permutation = dense<[1, 0]> : tensor<2xi64>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
    %1 = "stablehlo.slice"(%arg0) <{limit_indices = array<i64: 1, 3>, start_indices = dense<0> : tensor<2xi64>, strides = array<i64: 1, 1>}> : (tensor<2x3xf32>) -> tensor<1x3xf32>
    "func.return"(%0, %1) : (tensor<3x2xf32>, tensor<1x3xf32>) -> ()
  }) : () -> ()
}) {mhlo.num_partitions = 1 : i32} : () -> ()
// expected:
module @m attributes {mhlo.num_partitions = 1 : i32} {
  func.func public @main(%arg0: tensor<2x3xf32> {jax.arg_info = "x"}) -> (tensor<3x2xf32>, tensor<1x3xf32> {jax.result_info = "y"}) {
    %0 = stablehlo.transpose %arg0, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
    %1 = stablehlo.slice %arg0 [0:1, 0:3] : (tensor<2x3xf32>) -> tensor<1x3xf32>
    return %0, %1 : tensor<3x2xf32>, tensor<1x3xf32>
  }
}
// -----
// command: print
// Names: numbers are given anew, hints stay, sibling regions may share names in the text that is read.
func.func @main(%x: tensor<i1>, %7: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %a, %b = "stablehlo.if"(%x) ({
    %y = stablehlo.negate %7 : tensor<2xf32>
    stablehlo.return %y, %7 : tensor<2xf32>, tensor<2xf32>
  }, {
    %y = stablehlo.cosine %7 : tensor<2xf32>
    stablehlo.return %7, %y : tensor<2xf32>, tensor<2xf32>
  }) : (tensor<i1>) -> (tensor<2xf32>, tensor<2xf32>)
  %pair:2 = stablehlo.optimization_barrier %a, %b : tensor<2xf32>, tensor<2xf32>
  return %pair#1, %pair#0 : tensor<2xf32>, tensor<2xf32>
}
// expected:
module {
  func.func public @main(%x: tensor<i1>, %arg1: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
    %a, %b = "stablehlo.if"(%x) ({
      %y = stablehlo.negate %arg1 : tensor<2xf32>
      stablehlo.return %y, %arg1 : tensor<2xf32>, tensor<2xf32>
    }, {
      %y_0 = stablehlo.cosine %arg1 : tensor<2xf32>
      stablehlo.return %arg1, %y_0 : tensor<2xf32>, tensor<2xf32>
    }) : (tensor<i1>) -> (tensor<2xf32>, tensor<2xf32>)
    %pair:2 = stablehlo.optimization_barrier %a, %b : tensor<2xf32>, tensor<2xf32>
    return %pair#1, %pair#0 : tensor<2xf32>, tensor<2xf32>
  }
}
// -----
// command: locations
#loc = loc("file.py":1:1)
module {
  func.func @main(%arg0: tensor<f32> loc("x")) -> tensor<f32> {
    %0 = stablehlo.sine %arg0 : tensor<f32> loc("f"("a b.ts":3:5))
    %1 = stablehlo.sine %0 : tensor<f32> loc(#loc2)
    %2 = stablehlo.sine %1 : tensor<f32> loc(callsite(#loc3 at "main"("file.py":9:9)))
    %3 = stablehlo.sine %2 : tensor<f32> loc(unknown)
    %4 = stablehlo.sine %3 : tensor<f32> loc(fused<"x">[#loc, "n"])
    return %4 : tensor<f32> loc("file.py":7:2 to 8:3)
  } loc(#loc)
} loc(#loc)
#loc2 = loc("jit(f)/sin"(#loc))
#loc3 = loc("g"("file.py":5:6 to :9))
// expected:
module {
  func.func public @main(%arg0: tensor<f32>) -> tensor<f32> {
    %0 = stablehlo.sine %arg0 : tensor<f32> loc("f"("a b.ts":3:5))
    %1 = stablehlo.sine %0 : tensor<f32> loc("jit(f)/sin"("file.py":1:1))
    %2 = stablehlo.sine %1 : tensor<f32> loc("g"("file.py":5:6))
    %3 = stablehlo.sine %2 : tensor<f32>
    %4 = stablehlo.sine %3 : tensor<f32> loc("file.py":1:1)
    return %4 : tensor<f32> loc("file.py":7:2)
  }
}
// -----
// command: print
module @rules {
  func.func public @main(%x: tensor<f32>) -> tensor<f32> {
    %0 = call @f(%x) {custom_jvp = @f_jvp, checkpoint = "dots"} : (tensor<f32>) -> tensor<f32>
    return %0 : tensor<f32>
  }
  func.func private @f(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
  func.func private @f_jvp(%x: tensor<f32>, %t: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
    return %x, %t : tensor<f32>, tensor<f32>
  }
}
// expected:
module @rules {
  func.func public @main(%x: tensor<f32>) -> tensor<f32> {
    %0 = call @f(%x) {checkpoint = "dots", custom_jvp = @f_jvp} : (tensor<f32>) -> tensor<f32>
    return %0 : tensor<f32>
  }
  func.func private @f(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
  func.func private @f_jvp(%x: tensor<f32>, %t: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
    return %x, %t : tensor<f32>, tensor<f32>
  }
}
