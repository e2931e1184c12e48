// add_0: an invocation for each of 200 iterations, 50 × 1 × 1 workgroups of 4
//   binding 0: out0, buffer 3, 102400 × float32, written
//   binding 1: x, buffer 0, 102400 × float32, read
//   binding 2: g, buffer 1, 512 × float32, read
//   binding 3: b, buffer 2, 512 × float32, read
// fused:
//   reduce
//   multiply
//   subtract
//   multiply
//   reduce
//   multiply
//   add
//   sqrt
//   divide
//   multiply
//   add

@group(0) @binding(0) var<storage, read_write> out0: array<vec4<f32>, 25600>;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>, 25600>;
@group(0) @binding(2) var<storage, read> g: array<vec4<f32>, 128>;
@group(0) @binding(3) var<storage, read> b: array<vec4<f32>, 128>;

fn fx_head(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & u32(0xfffff000u)); }

fn fx_rest(d: f32, a: f32, b: f32) -> f32 {
  let ah = fx_head(a);
  let bh = fx_head(b);
  let al = a - ah;
  let bl = b - bh;
  return (((d - ah * bh) - ah * bl) - al * bh) - al * bl;
}

fn fx_is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & u32(0x7fffffffu)) > u32(0x7f800000u);
}

fn fx_nan_if(condition: bool, x: f32) -> f32 {
  return bitcast<f32>(select(bitcast<u32>(x), u32(0x7fc00000u), condition));
}

fn fx_sqrt(x: f32) -> f32 {
  let y = sqrt(x);
  let mended = y + fx_rest(x, y, y) / (y + y);
  let plain = (x > f32(1e-30)) & (x < f32(1e37));
  let b = bitcast<u32>(x);
  let negative = (b > u32(0x80000000u)) | fx_is_nan(x);
  let limit = (b == u32(0x7f800000u)) | ((b & u32(0x7fffffffu)) == u32(0u));
  return fx_nan_if(negative, select(select(y, mended, plain), x, limit));
}

@compute @workgroup_size(4)
fn main(@builtin(local_invocation_index) lid: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  let g_1 = i32(wid.x * 4u + lid);
  var acc0: vec4<f32> = vec4<f32>(0.0f);
  for (var c: i32 = 0; c < 512; c += 4) {
    let x_1 = x[(g_1 * 512 + c) >> 2u];
    let v = (acc0 + x_1);
    acc0 = v;
  }
  let b_1 = acc0.y;
  let v_1 = (acc0.x + b_1);
  let b_2 = acc0.z;
  let v_2 = (v_1 + b_2);
  let b_3 = acc0.w;
  let v_3 = (v_2 + b_3);
  let v_4 = (v_3 * 0.001953125f);
  var acc0_1: vec4<f32> = vec4<f32>(0.0f);
  for (var c_1: i32 = 0; c_1 < 512; c_1 += 4) {
    let x_2 = x[(g_1 * 512 + c_1) >> 2u];
    let v_5 = (x_2 - vec4<f32>(v_4));
    let v_6 = (v_5 * v_5);
    let v_7 = (acc0_1 + v_6);
    acc0_1 = v_7;
  }
  let b_4 = acc0_1.y;
  let v_8 = (acc0_1.x + b_4);
  let b_5 = acc0_1.z;
  let v_9 = (v_8 + b_5);
  let b_6 = acc0_1.w;
  let v_10 = (v_9 + b_6);
  let v_11 = (v_10 * 0.001953125f);
  let v_12 = (v_11 + 0.00001f);
  let v_13 = fx_sqrt(v_12);
  for (var c_2: i32 = 0; c_2 < 512; c_2 += 4) {
    let x_3 = x[(g_1 * 512 + c_2) >> 2u];
    let v_14 = (x_3 - vec4<f32>(v_4));
    let v_15 = (v_14 / vec4<f32>(v_13));
    let x_4 = g[c_2 >> 2u];
    let v_16 = (v_15 * x_4);
    let x_5 = b[c_2 >> 2u];
    let v_17 = (v_16 + x_5);
    out0[(g_1 * 512 + c_2) >> 2u] = v_17;
  }
}
